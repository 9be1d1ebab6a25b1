/** A real browser, for pages: Chromium of the machine's Debian packages, driven by Playwright. */
import { accessSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { installMissing } from "../../../lab/prepare/packages";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

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
  const missing = () => (find() === undefined ? ["chromium", "fonts-dejavu-core"] : []);
  await installMissing(() => Promise.resolve(missing()), console.log);
  // No sandbox for root, who the tests run as; the page is the tests' own.
  return chromium.launch({ executablePath: find()!, args: ["--no-sandbox"] });
}
