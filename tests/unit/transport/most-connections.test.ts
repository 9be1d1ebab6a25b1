import { describe, expect, it } from "@jest/globals";
import { mostConnections } from "../../../transport/most-connections";

const GIGABYTE = 2 ** 30;
const with_ = (value: string) => ({ PULUMI_MESH_CONNECTIONS: value });

describe("the most connections of a process", () => {
  it("are 256 on a machine with room", () => {
    expect(mostConnections({}, { files: 1_048_576, memory: 8 * GIGABYTE })).toBe(256);
    expect(mostConnections({}, { memory: 8 * GIGABYTE })).toBe(256);
    expect(mostConnections({})).toBeGreaterThan(0);
  });

  it("are as many as the open files and the memory allow, and one in any case", () => {
    expect(mostConnections({}, { files: 256, memory: 8 * GIGABYTE })).toBe(48);
    expect(mostConnections({}, { files: 4096, memory: GIGABYTE / 2 })).toBe(64);
    expect(mostConnections({}, { files: 32, memory: 0 })).toBe(1);
  });

  it("are some in any memory: a container's caches fill it, and give way", () => {
    expect(mostConnections({}, { files: 4096, memory: 0 })).toBe(16);
    expect(mostConnections(with_("64"), { files: 4096, memory: 0 })).toBe(64);
  });

  it("are what the environment says, as far as there is room", () => {
    const room = { files: 4096, memory: 8 * GIGABYTE };
    expect(mostConnections(with_("8"), room)).toBe(8);
    expect(mostConnections(with_(" 500 "), room)).toBe(500);
    expect(mostConnections(with_("5000"), room)).toBe(1008);
    expect(mostConnections(with_(""), room)).toBe(256);
  });

  it.each(["0", "-1", "many", "1.5"])("are an error when the environment says %s", (value) => {
    expect(() => mostConnections(with_(value))).toThrow(
      "invalid config: PULUMI_MESH_CONNECTIONS is no number of connections. Set it to a whole number from 1 on",
    );
  });
});
