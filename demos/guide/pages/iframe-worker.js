// Search in pages that are opened from a folder: there, a browser starts no worker, so a hidden frame runs its script.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      const source = new URL(address, location.href).href;
      frame.hidden = true;
      frame.title = "search";
      frame.srcdoc = `<script src="${source.replaceAll('"', "%22")}"></script>`;
      this.inside = new Promise(resolve => frame.addEventListener("load", () => resolve(frame.contentWindow)));
      this.inside.then(inside => {
        inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }));
      });
      document.body.append(frame);
    }

    postMessage(data) {
      this.inside.then(inside => inside.dispatchEvent(new inside.MessageEvent("message", { data })));
    }
  };
}
