// Python in a worker: what is asked waits until it is there, and a worker that is stopped is replaced by a new one.

const PATIENCE = 1500; // milliseconds from which on a button to stop it is shown
const AGAIN = 1000; // milliseconds until what goes on is interrupted again

export class Python {
  constructor(hooks) {
    this.hooks = hooks;
    this.shared = self.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    this.waiting = new Map();
    this.count = 0;
    this.start();
  }

  start() {
    this.ready = this.interrupted = false;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.heard(data));
    this.worker.addEventListener("error", event => this.hooks.failed(event.message || "worker.js"));
    if (this.shared) this.worker.postMessage({ name: "interrupt", args: [this.shared] });
  }

  // Interrupts what runs; where a page may not share memory, or what runs goes on all the same and is interrupted again,
  // Python starts anew. Returns whether it goes on.
  interrupt() {
    const goesOn = Boolean(this.shared) && !this.interrupted;
    if (goesOn) {
      this.interrupted = true;
      this.ring();
    } else this.restart();
    return goesOn;
  }

  // An interrupt that comes just as a program begins is lost, so it comes again while the program runs.
  ring() {
    if (!this.interrupted) return;
    this.shared[0] = 2;
    setTimeout(() => this.ring(), AGAIN);
  }

  heard({ id, state, reason, result, error, ended, times }) {
    if (times) this.times = times;
    if (state === "ready") {
      this.ready = true;
      return this.hooks.ready();
    }
    if (state === "failed") return this.hooks.failed(reason);
    const asked = this.waiting.get(id);
    if (!asked) return;
    this.waiting.delete(id);
    clearTimeout(asked.timer);
    if (!this.waiting.size) {
      this.interrupted = false;
      if (this.shared) this.shared[0] = 0; // it was meant for what has ended
      this.hooks.busy(false);
    }
    if (ended) {
      asked.reject(new Error(this.hooks.exhausted));
      this.restart();
    } else if (error) asked.reject(new Error(error));
    else asked.resolve(JSON.parse(result));
  }

  // Calls a function of classroom.py; it gives what JSON holds.
  ask(name, ...args) {
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { if (document.documentElement.dataset.python) this.hooks.busy(true); }, PATIENCE);
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ id, name, args });
    });
  }

  restart() {
    this.worker.terminate();
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new Error("stopped"));
    }
    this.waiting.clear();
    this.hooks.busy(false);
    this.hooks.restarted();
    this.start();
  }
}
