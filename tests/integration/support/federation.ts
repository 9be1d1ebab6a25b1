/**
 * What stands between a host and the lab's control server: it answers Tailscale's API for tokens and keys, and passes on the rest; and
 * a cloud's metadata server, which gives the host its identity.
 */
import { readFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { createServer, request, type Server } from "node:https";
import { connect as connectTls } from "node:tls";
import type { AddressInfo } from "node:net";
import type { Lab } from "../../../lab";
import { exchange, EXCHANGE, KEYS, sign } from "../../support/issuer";

export interface Seen {
  readonly call: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export class Federation implements AsyncDisposable {
  /** What the host asked the API. */
  readonly seen: Seen[] = [];
  /** How it asked the metadata server for a token. */
  readonly asked: URL[] = [];

  private constructor(
    private readonly lab: Lab,
    private readonly gateway: string,
    private readonly api: Server,
    private readonly metadata = createPlain(),
  ) {}

  /** Puts itself in the way of what `host` sends to the control server. */
  static async start(lab: Lab, host: string): Promise<Federation> {
    const gateway = lab.hosts.find(({ name }) => name === host)!.address.replace(/\d+$/, "1");
    const { serverCertificate, serverKey } = lab.paths;
    const api = createServer({ cert: readFileSync(serverCertificate), key: readFileSync(serverKey) });
    const federation = new Federation(lab, gateway, api);
    await federation.listen(host);
    return federation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.api, this.metadata]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private async listen(host: string): Promise<void> {
    const { api, metadata, gateway } = this;
    api.on("request", (incoming, outgoing) => {
      let body = "";
      incoming.on("data", (part: Buffer) => (body += part.toString("latin1")));
      incoming.on("end", () => {
        const call = `${incoming.method} ${incoming.url}`;
        const { authorization } = incoming.headers;
        if (incoming.url?.startsWith("/api/v2/")) {
          this.seen.push({ call, authorization, body });
          void this.answer(call, body).then(({ status, text }) => {
            outgoing.writeHead(status, { "Content-Type": "application/json" }).end(text);
          });
          return;
        }
        const { method, url: path, headers } = incoming;
        const target = { host: gateway, method, path, headers, ca: readFileSync(this.lab.paths.caFile) };
        request({ ...target, servername: "controlplane.tailscale.com" }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        })
          .on("error", () => outgoing.destroy())
          .end(body, "latin1");
      });
    });
    // The client's own protocol.
    api.on("upgrade", ({ method, url, rawHeaders }, socket, head: Buffer) => {
      const ca = readFileSync(this.lab.paths.caFile);
      const onward = connectTls({ host: gateway, port: 443, servername: "controlplane.tailscale.com", ca });
      const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
      onward.write(`${method} ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
      for (const each of [socket, onward])
        each.on("error", () => [socket, onward].map((one) => one.destroy()));
    });
    metadata.on("request", (incoming, outgoing) => {
      const url = new URL(incoming.url ?? "/", "http://metadata.google.internal");
      if (url.pathname === "/") return outgoing.writeHead(200, { "Metadata-Flavor": "Google" }).end();
      if (!url.pathname.endsWith("/identity")) return outgoing.writeHead(404).end(); // the daemon looks round, too
      this.asked.push(url);
      outgoing.writeHead(200).end(sign({ aud: url.searchParams.get("audience") }));
    });
    for (const server of [api, metadata])
      await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
    const [secure, plain] = [api, metadata].map((server) => (server.address() as AddressInfo).port);
    const script = `echo "$1 metadata.google.internal" >>/etc/hosts
      iptables -t nat -A OUTPUT -p tcp -d "$1" --dport 443 -j DNAT --to "$1:$2"
      iptables -t nat -A OUTPUT -p tcp -d "$1" --dport 80 -j DNAT --to "$1:$3"`;
    const { code, stderr } = await this.lab.exec(host, [
      ...["sh", "-ec", script, "sh", gateway],
      ...[String(secure), String(plain)],
    ]);
    if (code !== 0) throw new Error(`the host cannot be diverted: ${stderr}`);
  }

  private async answer(call: string, body: string): Promise<{ status: number; text: string }> {
    if (call === EXCHANGE) {
      const { status = 200, body: answer } = exchange(body);
      return { status, text: JSON.stringify(answer) };
    }
    if (call !== KEYS) return { status: 404, text: JSON.stringify({ message: "404 page not found" }) };
    const wanted = JSON.parse(body) as { capabilities: { devices: { create: { tags: string[] } } } };
    const tags = wanted.capabilities.devices.create.tags.map((tag) => tag.replace("tag:", ""));
    return { status: 200, text: JSON.stringify({ id: "k", key: await this.lab.authKey({ tags }) }) };
  }
}
