// Runs parses in a worker, one at a time, and ends the worker when it shows no sign of life.

/** Time without a sign of life after which a parse is ended, in milliseconds: a call of a parser may take as long in the program. */
const PATIENCE = 10_000;

export class Runner {
    /** Parses. Returns the outcome, or undefined when another parse was begun before it was there. `progress` is told how far it is. */
    run(request, progress = () => {}) {
        this.cancel();
        const worker = (this.worker ??= new Worker(new URL("worker.js", import.meta.url), { type: "module" }));
        return new Promise((resolve) => {
            const end = (outcome, alive) => {
                clearTimeout(this.timer);
                this.resolve = undefined;
                if (!alive) {
                    this.stop();
                }
                resolve(outcome);
            };
            const wait = () => {
                clearTimeout(this.timer);
                const late = `the parser took longer than ${PATIENCE / 1000} seconds and was stopped`;
                this.timer = setTimeout(() => end({ kind: "broken", message: late }, false), PATIENCE);
            };
            this.resolve = () => end(undefined, false);
            worker.onmessage = ({ data }) => {
                if (data.kind === "progress") {
                    wait();
                    progress(data);
                } else {
                    end(data, data.kind === "end");
                }
            };
            worker.onerror = (event) => {
                event.preventDefault();
                end({ kind: "broken", message: event.message ?? "the parser could not be loaded" }, false);
            };
            wait();
            worker.postMessage(request);
        });
    }

    /** Ends the parse that runs, if one does. */
    cancel() {
        this.resolve?.();
    }

    stop() {
        this.worker?.terminate();
        this.worker = undefined;
    }
}
