// The page as a user has it: what can be done with it, and what it shows.

import { tool } from "../../host/playground/tools.js";

/** Chromium that runs as any user and asks no host for anything. */
const FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/** Where the browser is. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Starts the browser. */
export async function browser() {
    const playwright = await tool("playwright-core");
    const { chromium } = playwright.default ?? playwright;
    return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Opens the page. What should not happen is added to `complaints`. */
export async function open(context, address, complaints = []) {
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(`${message.type()} in the console: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error in the page: ${error.message}`));
    page.on("request", (request) => {
        if (!request.url().startsWith(new URL(address).origin) && !/^(data|blob):/.test(request.url())) {
            complaints.push(`a request to ${request.url()}`);
        }
    });
    await page.goto(address);
    await idle(page);
    return page;
}

/** Waits until the page has parsed what it was given. */
export async function idle(page, timeout = 60_000) {
    await page.waitForSelector("body[data-state=idle]", { timeout });
}

/** Does something that makes the page parse, and waits for it. */
export async function after(page, action, timeout) {
    await page.evaluate(() => { document.body.dataset.state = "asked"; });
    await action();
    await idle(page, timeout);
}

/** Chooses a command, and one of its samples. */
export async function choose(page, command, plugin) {
    await after(page, () => page.selectOption("#command", command));
    if (plugin) {
        await after(page, () => page.selectOption("#sample", plugin));
    }
}

/** Types a capture. */
export async function type(page, { command, line = "", platform = "linux" }, text) {
    await choose(page, command);
    await after(page, () => page.selectOption("#platform", platform));
    await after(page, () => page.fill("#arguments", line).then(() => page.fill("#capture", text)));
}

/** Opens a file. */
export async function file(page, { command, line = "", platform = "linux" }, path, timeout) {
    await type(page, { command, line, platform }, "");
    await after(page, () => page.setInputFiles("#file", path), timeout);
}

export const json = (page) => page.textContent("#json");
export const status = (page) => page.textContent("#status");
export const problems = (page) => page.locator("#problems button").allTextContents();
export const cells = (page) => page.locator("#table-panel td").allTextContents();
