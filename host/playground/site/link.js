// A capture in a link: deflated, in the part of the address that is never sent to a server.

/** Bytes a capture from a link may have: a short link could stand for any number. */
const MOST = 16 << 20;

/** The fragment for a capture and how it was taken. */
export async function toFragment({ command, line, platform, bytes }) {
    const deflated = await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"))).bytes();
    const binary = Array.from(deflated, (byte) => String.fromCharCode(byte)).join("");
    const capture = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    return `#${new URLSearchParams({ command, arguments: line, platform, capture })}`;
}

/** What a fragment stands for, or nothing. Fails with a reason when it cannot be read. */
export async function fromFragment(fragment) {
    const said = new URLSearchParams(fragment.slice(1));
    if (!said.has("capture")) {
        return undefined;
    }
    const binary = atob(said.get("capture").replaceAll("-", "+").replaceAll("_", "/"));
    const deflated = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const bytes = deflated.length > 0 ? await inflate(deflated) : deflated;
    return { command: said.get("command") ?? "", line: said.get("arguments") ?? "", platform: said.get("platform") ?? "", bytes };
}

async function inflate(deflated) {
    const reader = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    let length = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
        length += part.value.length;
        if (length > MOST) {
            await reader.cancel();
            throw new Error("the capture is too large");
        }
        parts.push(part.value);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
}
