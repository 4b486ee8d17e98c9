// A worker that runs one answer of a student, and is ended then. It has no expected results, and no solutions.

const SLACK = 400; // milliseconds for an interrupted answer to say in which line it was
const AGAIN = 50; // milliseconds until a program that goes on is interrupted again

export class Answering {
  constructor() {
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module", name: "answer" });
    this.ready = new Promise((resolve, reject) => {
      this.worker.addEventListener("message", ({ data: { state, reason } }) => {
        if (state === "ready") resolve();
        if (state === "failed") reject(new Error(reason));
      });
      this.worker.addEventListener("error", event => reject(new Error(event.message || "worker.js")));
    });
    this.ready.catch(() => {});
  }

  // What the answer gave, as text: readings, a trouble, or that it was stopped
  async run(request, uses, seconds) {
    await this.ready;
    const interrupt = self.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    return new Promise((resolve, reject) => {
      let late = false, timer = 0;
      const end = message => {
        clearTimeout(timer);
        this.worker.terminate();
        resolve(message);
      };
      const limit = () => {
        late = true;
        if (interrupt) interrupt[0] = 2;
        timer = setTimeout(() => end(JSON.stringify({ late: null })), interrupt ? SLACK : 0);
      };
      this.worker.addEventListener("message", ({ data }) => {
        if (data.begun) timer = setTimeout(limit, 1000 * seconds);
        else if (data.flood) end(JSON.stringify({ flood: null }));
        else if (late) end(JSON.stringify({ late: JSON.parse(JSON.parse(data.result ?? '"{}"')).trouble?.[1] ?? null }));
        else if ("result" in data) end(JSON.parse(data.result));
        else if (data.error) { this.worker.terminate(); reject(new Error(data.error)); }
      });
      this.worker.postMessage({ id: 0, name: "answer", args: [request, uses, seconds, interrupt] });
    });
  }

  // What programs like the answer gave, each as text. Those that take too long are passed over, where a page may
  // share memory; else the first such ends the run, and what came before it counts.
  async trials(request, uses, seconds) {
    await this.ready;
    const interrupt = self.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null, sent = [];
    let ringing = 0;
    const ring = after => {
      clearTimeout(ringing);
      if (after) ringing = setTimeout(() => { interrupt[0] = 2; ring(AGAIN); }, after);
    };
    return new Promise(resolve => {
      const end = () => {
        ring(0);
        clearTimeout(limit);
        this.worker.terminate();
        resolve(sent);
      };
      let limit = 0;
      this.worker.addEventListener("message", ({ data }) => {
        if (data.begun) limit = setTimeout(end, 1000 * seconds);
        else if ("trial" in data) sent.push(data.trial);
        else if ("alarm" in data) { if (interrupt) ring(1000 * data.alarm); }
        else if (data.flood || data.error || "result" in data) end();
      });
      this.worker.postMessage({ id: 0, name: "answer", args: [request, uses, seconds, interrupt] });
    });
  }
}
