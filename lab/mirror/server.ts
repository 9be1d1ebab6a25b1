/** The package mirror's server: a folder over https, with a log of every request. A program of its own. */
import { appendFileSync, createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:https";
import { join, normalize } from "node:path";
import { configSchema, TRACK_INDEX } from "./config";

const config = configSchema.parse(JSON.parse(readFileSync(process.argv.at(-1) ?? "", "utf8")));

/** The file behind a request; undefined for what is not a file below the root. */
function findFile(url: string): string | undefined {
  const [path = "", query] = url.split("?");
  const json = path.endsWith("/") && new URLSearchParams(query).get("mode") === "json";
  const file = join(config.root, normalize(`/${decodeURIComponent(path)}`), json ? TRACK_INDEX : "");
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

const tls = { cert: readFileSync(config.certificate), key: readFileSync(config.key) };
const server = createServer(tls, (request, response) => {
  const file = findFile(request.url ?? "/");
  const status = file === undefined ? 404 : 200;
  const entry = {
    time: new Date().toISOString(),
    client: request.socket.remoteAddress,
    method: request.method,
  };
  appendFileSync(config.log, `${JSON.stringify({ ...entry, path: request.url, status })}\n`);
  if (file === undefined) {
    response.writeHead(404).end("not found\n");
    return;
  }
  const { size, mtime } = statSync(file);
  response.writeHead(200, { "content-length": size, "last-modified": mtime.toUTCString() });
  if (request.method === "HEAD") response.end();
  else createReadStream(file).pipe(response);
});

server.listen(config.port, config.address);
