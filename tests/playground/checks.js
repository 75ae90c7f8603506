// What the page has to do. Each check has a name that is a sentence, and fails by throwing.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";

import { checkFixtures } from "./fixtures.js";
import { after, cells, choose, file, idle, json, open, problems, status, type } from "./page.js";

const PROGRAM = process.env.OUTPARSE;
const DF = "Filesystem     1K-blocks  Used Available Use% Mounted on\n";
const df = { command: "df", line: "-k" };

/** What the program prints for a capture. */
function program({ command, words = [], platform = "linux" }, input) {
    const known = words.length > 0 ? ["--", ...words] : [];
    const run = spawnSync(PROGRAM, ["--platform", platform, "--format", "json", "parse", ...command.split(" "), ...known], { input });
    assert.equal(run.status, 0, run.stderr.toString());
    return run.stdout.toString();
}

export const checks = {
    async "every plugin's sample has the program's records"({ page, folder, catalog }) {
        for (const { name, sample } of catalog) {
            await choose(page, sample.command, name);
            const input = readFileSync(join(folder, "samples", name));
            const expected = program({ ...sample, words: sample.arguments }, input);
            assert.ok(JSON.parse(expected).length > 0, name);
            assert.equal(await json(page), expected, name);
            assert.ok((await cells(page)).length > 0, name);
        }
    },
    async "every plugin's fixture has the records and problems it has in the program"({ folder, catalog }) {
        const checked = await checkFixtures(folder, catalog);
        assert.ok(checked > 100, `only ${checked} fixtures were found`);
    },
    async "a broken line is listed and marked where it is"({ page }) {
        await type(page, df, `${DF}/dev/a 100 60 40 60% /a\n/dev/b 100 many 40 60% /b\n/dev/c 100 60 40 60% /c\n`);
        const [problem, ...others] = await problems(page);
        assert.match(problem, /^error, line 3/);
        assert.equal(others.length, 0);
        assert.match(await status(page), /df-gnu: \d records, 1 problem\./);
        const mark = await page.locator("#marks [data-line='3']").boundingBox();
        const text = await page.locator("#capture").boundingBox();
        // Two lines of 20 pixels below the padding.
        assert.ok(Math.abs(mark.y - (text.y + 8 + 40)) < 1.5, `the mark is at ${mark.y - text.y}`);
        await page.locator("#problems button").click();
        const cursor = await page.evaluate(() => document.activeElement.value.slice(0, document.activeElement.selectionStart));
        assert.equal(cursor.split("\n").length, 3);
    },
    async "a column is a byte of the line and is marked at its character"({ page }) {
        await type(page, { command: "df" }, "Filesystem Size Used Avail Use% Mounted on\n/dev/日本ü 40G 12K 27K 30% /\n");
        assert.match((await problems(page))[0], /^warning, line 2, column 15: `40G` is read in powers of 1024/);
        assert.equal(await page.locator("#marks b").textContent(), "40G");
        await page.locator("#problems button").click();
        const before = await page.evaluate(() => document.activeElement.value.slice(0, document.activeElement.selectionStart));
        assert.ok(before.endsWith("/dev/日本ü "), before);
    },
    async "a line far below is scrolled to"({ page }) {
        await type(page, df, `${DF}${"/dev/a 100 60 40 60% /a\n".repeat(500)}/dev/b 100 many 40 60% /b\n`);
        await page.locator("#problems button").click();
        assert.ok((await page.evaluate(() => document.getElementById("capture").scrollTop)) > 8000);
        assert.ok((await page.locator("#gutter").textContent()).includes("502"));
    },
    async "what no parser recognises is said to be so, with each parser's reason"({ page }) {
        await type(page, { command: "df" }, "total 4\n-rw-r--r-- 1 root root 5 Jan 1 2026 a\n");
        assert.match(await status(page), /^This is not the output of df that any parser knows\.$/);
        const reasons = await problems(page);
        assert.deepEqual(reasons.map((reason) => reason.split(":")[0]), ["df-gnu", "df-bsd", "df-busybox"]);
        assert.equal(await json(page), "");
    },
    async "the dialect that takes it is named, and why the others did not"({ page }) {
        await choose(page, "df", "df-bsd");
        await after(page, () => page.selectOption("#platform", "linux"));
        assert.match(await status(page), /^df-bsd: /);
        assert.match(await page.textContent("#refusals"), /Not df-gnu: /);
    },
    async "hostile text stays text"({ page }) {
        const mount = `/<img src=x onerror="window.taken=1"><script>window.taken=1</script>\u001b[31m\u202e`;
        const capture = `${DF}javascript:alert(1) 100 60 40 60% ${mount}\n`;
        await type(page, df, capture);
        assert.equal(await json(page), program({ ...df, words: ["-k"] }, capture));
        const shown = (await cells(page)).at(-1);
        assert.ok(shown.includes("<img src=x onerror=") && shown.endsWith("</script>\\u{202e}"), shown);
        assert.ok((await problems(page)).some((problem) => problem.startsWith("warning, line 2: escape sequences")));
        const made = await page.evaluate(() => [window.taken, document.querySelectorAll("main img, main script, main a").length]);
        assert.deepEqual(made, [undefined, 0]);
        await type(page, df, `${DF}<img src=x onerror="window.taken=1"> 100 many 40 60% /a\n`);
        assert.equal(await page.locator("#problems img, #marks img").count(), 0);
    },
    async "a script in the page's own markup would not run"({ context, address }) {
        const page = await open(context, address);
        const taken = await page.evaluate(() => {
            const script = document.createElement("script");
            script.textContent = "window.taken = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.taken = 2'>");
            return new Promise((resolve) => setTimeout(() => resolve(window.taken), 300));
        });
        await page.close();
        assert.equal(taken, undefined);
    },
    async "a file's bytes are parsed as they are"({ page, scratch }) {
        const bytes = Buffer.concat([Buffer.from(`${DF}/dev/a 100 60 40 60% /caf`), Buffer.from([0xe9, 0x20, 0xff, 0x0a])]);
        const path = join(scratch, "latin1");
        writeFileSync(path, bytes);
        await file(page, df, path);
        const expected = program({ ...df, words: ["-k"] }, bytes);
        assert.ok(expected.includes("/caf\\\\xe9"), expected);
        assert.equal(await json(page), expected);
        const whole = page.waitForEvent("download");
        await page.click("#download");
        assert.equal(readFileSync(await (await whole).path(), "utf8"), expected);
    },
    async "whole numbers of 64 bits are exact"({ page }) {
        const capture = "Filesystem 1B-blocks Used Available Use% Mounted on\n/dev/a 9223372036854775807 9007199254740993 -1 60% /a\n";
        await type(page, { command: "df", line: "-B1" }, capture);
        assert.ok((await json(page)).includes('"size":9223372036854775807,"used":9007199254740993'));
        assert.equal(await json(page), program({ command: "df", words: ["-B1"] }, capture));
    },
    async "arguments tell units apart"({ page }) {
        const capture = "Filesystem Size Used Avail Use% Mounted on\n/dev/a 40K 12K 27K 30% /\n";
        await type(page, { command: "df", line: "-h" }, capture);
        assert.ok((await json(page)).includes('"size":40960,'));
        await after(page, () => page.fill("#arguments", "-H"));
        assert.ok((await json(page)).includes('"size":40000,'));
    },
    async "a capture of 50 MB leaves the page usable, which shows the first thousand records"({ page, scratch }) {
        const path = join(scratch, "large");
        const block = "/dev/mapper/vg0-some--volume  1234567890 234567890 1000000000  19% /srv/some/where\n".repeat(1000);
        const to = openSync(path, "w");
        writeSync(to, DF);
        const blocks = Math.ceil((50 << 20) / block.length);
        for (let index = 0; index < blocks; index++) {
            writeSync(to, block);
        }
        closeSync(to);
        await type(page, df, "");
        await page.evaluate(() => {
            window.longest = 0;
            let last = performance.now();
            window.watch = setInterval(() => {
                window.longest = Math.max(window.longest, performance.now() - last);
                last = performance.now();
            }, 10);
        });
        await after(page, () => page.setInputFiles("#file", path), 120_000);
        const longest = await page.evaluate(() => {
            clearInterval(window.watch);
            return window.longest;
        });
        const records = (blocks * 1000).toLocaleString("en");
        assert.equal(await status(page), `df-gnu: ${records} records, of which the first 1,000 are shown.`);
        assert.equal(await page.locator("#table-panel tbody tr").count(), 1000);
        assert.ok((await page.inputValue("#capture")).length <= 1 << 20);
        assert.ok(longest < 2000, `the page stood still for ${longest} ms`);
    },
    async "a line over the limit is left out and said to be so"({ page, scratch }) {
        const path = join(scratch, "long");
        const capture = `${DF}/dev/a 100 60 40 60% /a\n/dev/b 100 60 40 60% /${"b".repeat(1 << 20)}\n/dev/c 100 60 40 60% /c\n`;
        writeFileSync(path, capture);
        await file(page, df, path);
        assert.deepEqual(await problems(page), ["error, line 3: the line is longer than the limit and was left out"]);
        assert.equal(await json(page), program({ ...df, words: ["-k"] }, capture));
    },
    async "of many problems the first two hundred are listed, and all are counted"({ page }) {
        await type(page, df, `${DF}/dev/a 100 60 40 60% /a\n${"/dev/b 100 many 40 60% /b\n".repeat(300)}`);
        assert.equal((await problems(page)).length, 200);
        assert.match(await status(page), /, 300 problems\.$/);
    },
    async "a place far to the right marks its line alone"({ page }) {
        await type(page, { command: "df" }, `Filesystem Size Used Avail Use% Mounted on\n/dev/${"a".repeat(5000)} 40G 12K 27K 30% /\n`);
        assert.match((await problems(page))[0], /^warning, line 2, column 5007: /);
        assert.equal(await page.locator("#marks [data-line='2']").textContent(), "");
    },
    async "a parser that took a mebibyte or complained much cannot refuse any more"({ folder }) {
        const { parse } = await import(pathToFileURL(join(folder, "parse.js")));
        const outcome = (capture, problems) => {
            const refusal = Object.assign(new Error(), { payload: { tag: "unrecognised", val: { line: 1n } } });
            const Session = class {
                feed() {
                    return { shapes: [], batches: [], problems };
                }
                finish() {
                    throw refusal;
                }
            };
            const sink = { start() {}, progress() {}, problem() {} };
            const candidates = [{ name: "a", plugin: "a", index: 0 }];
            return parse({ capture, source: {}, candidates }, () => ({ Session, schemaOf() {} }), sink);
        };
        const line = new Uint8Array(1000).fill(97);
        line[999] = 10;
        const lines = (count) => new Uint8Array(count * 1000).map((_, index) => line[index % 1000]);
        assert.equal((await outcome(lines(1000), [])).unrecognised, true);
        assert.ok((await outcome(lines(1100), [])).malformed);
        assert.equal((await outcome(line, Array(20_000).fill({}))).unrecognised, true);
        assert.ok((await outcome(line, Array(20_001).fill({}))).malformed);
    },
    async "a parser that never ends is stopped, and the page goes on"({ context, address, replaced }) {
        replaced.set("/plugins/df-gnu/plugin.js", hostile("for (;;) {}"));
        const page = await open(context, `${address}#command=uname&arguments=&platform=linux&capture=`);
        await page.evaluate(() => { document.body.dataset.state = "asked"; });
        await page.selectOption("#command", "df");
        const asked = Date.now();
        await page.fill("#arguments", "-h");
        assert.ok(Date.now() - asked < 3000);
        await idle(page, 30_000);
        assert.match(await status(page), /took longer than 10 seconds and was stopped/);
        replaced.clear();
        await choose(page, "uname", "uname-posix");
        assert.match(await status(page), /^uname-posix: 1 record\.$/);
        await page.close();
    },
    async "a parser that traps is said to have failed"({ context, address, replaced }) {
        replaced.set("/plugins/df-gnu/plugin.js", hostile("throw new WebAssembly.RuntimeError('unreachable')"));
        const page = await open(context, address);
        replaced.clear();
        assert.equal(await status(page), "The parser failed: unreachable.");
        await page.close();
    },
    async "a link brings the capture back"({ page, context, address, complaints }) {
        await type(page, { command: "df", line: "-k -T" }, `${DF}/dev/ü 100 60 40 60% /a b\n`);
        const before = [await page.inputValue("#capture"), await json(page)];
        await page.click("#share");
        await page.waitForFunction(() => location.hash.includes("capture="));
        const again = await open(context, address + new URL(page.url()).hash, complaints);
        assert.deepEqual([await again.inputValue("#capture"), await json(again)], before);
        assert.equal(await again.inputValue("#arguments"), "-k -T");
        await again.close();
    },
    async "a link that cannot be read is said to be so, and the page is of use"({ context, address }) {
        const page = await open(context, `${address}#command=df&capture=****`);
        assert.match(await status(page), /^The link cannot be read: .* A sample is shown instead\.$/);
        assert.ok((await cells(page)).length > 0);
        const bomb = deflateRawSync(Buffer.alloc((16 << 20) + 1)).toString("base64url");
        await page.goto("about:blank");
        await page.goto(`${address}#command=df&capture=${bomb}`);
        await page.waitForFunction(() => document.getElementById("status").textContent.includes("the capture is too large"));
        await page.goto("about:blank");
        await page.goto(`${address}#command=<b>&capture=`);
        await idle(page);
        await page.waitForFunction(() => document.getElementById("status").textContent.includes("no parser reads `<b>`"));
        await page.close();
    },
    async "it works with the keyboard, and its parts have names"({ page }) {
        await choose(page, "df", "df-gnu");
        await page.getByRole("tab", { name: "Table" }).focus();
        await page.keyboard.press("ArrowRight");
        assert.ok(await page.getByRole("tabpanel", { name: "JSON" }).isVisible());
        await page.keyboard.press("ArrowRight");
        assert.match(await page.getByRole("tabpanel", { name: "Fields" }).textContent(), /mounted_on/);
        await page.keyboard.press("ArrowRight");
        assert.ok(await page.getByRole("tabpanel", { name: "Table" }).isVisible());
        for (const name of ["Command", "Arguments", "Platform", "Sample", "What the command printed"]) {
            assert.equal(await page.getByLabel(name, { exact: true }).count(), 1, name);
        }
        assert.match(await page.locator("thead th", { hasText: "size" }).first().getAttribute("title"), /In bytes\./);
    },
    async "it fits a phone"({ page }) {
        await page.setViewportSize({ width: 360, height: 740 });
        for (const command of ["df", "ps", "ping"]) {
            await choose(page, command);
            const wider = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
            assert.ok(wider <= 0, `${command}: ${wider} pixels too wide`);
        }
        await page.setViewportSize({ width: 1240, height: 900 });
    },
};

/** A plugin of the page whose parser does this when it is fed. */
function hostile(does) {
    return `export async function instantiate() {
        class Session { feed() { ${does} } finish() {} }
        return { parser: { Session, schemaOf: () => ({ fields: [], kinds: [], open: false }) } };
    }`;
}
