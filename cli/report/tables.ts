/** Pure: the page's tables: who reaches whom, the hosts, and what is wrong. */
import { expiryOf } from "../status/print";
import { describeLink, formatLatency, type ReportData, type ReportHost } from "./data";
import { markup, type Markup } from "./html";

const SIGNS = { direct: "●", relay: "◐", none: "✕" } as const;

/** A row a host, and what it found of each other one. */
export function matrix({ hosts, links }: ReportData): Markup {
  const head = hosts.map(({ name }) => markup`<th scope="col"><span>${name}</span></th>`);
  const rows = hosts.map(({ name }, from) => {
    const cells = hosts.map((_, to) => {
      if (from === to) return markup`<td class="self"></td>`;
      const link = links.find((each) => each.from === from && each.to === to);
      const title = `${name} to ${hosts[to]!.name}: ${describeLink(link)}`;
      if (link === undefined) return markup`<td class="unknown" title="${title}">-</td>`;
      const latency = link.via === "none" ? "" : ` ${formatLatency(link.latencyMs)}`;
      return markup`<td class="${link.via}" title="${title}" data-via="${link.via}" data-ms="${link.latencyMs}">
        ${SIGNS[link.via]}${latency}
      </td>`;
    });
    return markup`<tr data-host="${from}">
      <th scope="row">${name}</th>
      ${cells}
    </tr> `;
  });
  return markup`<div class="scroll">
    <table id="matrix">
      <thead>
        <tr>
          <th scope="col">from \\ to</th>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export function hostTable({ hosts, made }: ReportData): Markup {
  const rows = hosts.map(
    (host, index) =>
      markup`<tr id="host-${index}" data-host="${index}">
        <th scope="row" data-label="Host">${host.name}</th>
        <td data-label="State" class="${host.level}">${host.state}</td>
        <td data-label="FQDN"><span>${host.fqdn}</span></td>
        <td data-label="Addresses"><span>${list(host.addresses)}</span></td>
        <td data-label="Tags"><span>${list(host.tags)}</span></td>
        <td data-label="Version"><span>${host.version || "-"}${host.installedBy === "" ? undefined : markup`<br /><small>${host.installedBy}</small>`}</span></td>
        <td data-label="Key expires">${host.isNode ? expiry(host, made) : "-"}</td>
        <td data-label="Routes"><span>${routes(host)}</span></td>
        <td data-label="Held by">${host.holder}</td>
      </tr> `,
  );
  return markup`<div class="scroll"><table id="hosts" class="cards">
    <thead>
      <tr>
        ${["Host", "State", "FQDN", "Addresses", "Tags", "Version", "Key expires", "Routes", "Held by"].map((title) => markup`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table></div>`;
}

function expiry({ keyExpiry }: ReportHost, made: Date): string {
  const date = keyExpiry === undefined ? "" : ` (${keyExpiry.slice(0, 10)})`;
  return `${expiryOf(keyExpiry, made)}${date}`;
}

function routes({ routes }: ReportHost): Markup | string {
  if (routes === undefined || routes.advertised.length === 0) return "-";
  const { advertised, approved } = routes;
  return list(
    advertised.map((route) => {
      if (approved === undefined) return route;
      return `${route}${approved.includes(route) ? "" : " (not approved)"}`;
    }),
  );
}

const list = (values: readonly string[]): Markup | string =>
  values.length === 0 ? "-" : markup`${values.map((value) => markup`<span class="value">${value}</span> `)}`;

/** Faults first; a sentence when there is nothing. */
export function findings({ hosts }: ReportData): Markup {
  const faults = hosts.flatMap(({ name, problems }) =>
    problems.map(
      ({ text, remedy }) =>
        markup`<li class="fault">
          <strong>${name}</strong>:
          ${text}${remedy === undefined ? undefined : markup`<p class="remedy">${remedy}</p>`}
        </li> `,
    ),
  );
  const warnings = hosts.flatMap(({ name, warnings }) =>
    warnings.map((text) => markup`<li class="warn"><strong>${name}</strong>: ${text}</li> `),
  );
  if (faults.length + warnings.length === 0)
    return markup`<p>Nothing is wrong, and nothing is warned of.</p>`;
  return markup`<ul id="findings">
    ${faults}${warnings}
  </ul>`;
}
