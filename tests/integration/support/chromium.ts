/** A real browser, for pages: Chromium of the machine's Debian packages, driven by Playwright. */
import { execFileSync } from "node:child_process";
import { accessSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const APT = ["--quiet", "--yes", "-o", "DPkg::Lock::Timeout=300"];

function find(): string | undefined {
  return [process.env["CHROMIUM"] ?? "", ...PLACES].find((path) => {
    try {
      accessSync(path);
      return path !== "";
    } catch {
      return false;
    }
  });
}

/** Installs it where it is missing, as the lab does with its own packages; throws where it cannot. */
export async function mustChromium(): Promise<Browser> {
  if (find() === undefined) {
    console.log("installing Debian packages: chromium fonts-dejavu-core ...");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update"], ["install", "--no-install-recommends", "chromium", "fonts-dejavu-core"]])
      execFileSync("apt-get", [...APT, ...args], { env, stdio: "ignore" });
  }
  // No sandbox for root, who the tests run as; the page is the tests' own.
  return chromium.launch({ executablePath: find()!, args: ["--no-sandbox"] });
}
