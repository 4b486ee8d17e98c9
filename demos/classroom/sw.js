// Keeps the site for use without a network. build.mjs writes NAME, which is another one for other files, and FILES.
// A response is handed on as it was: a browser keeps the machine code that it made of an untouched wasm response.
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", event => event.waitUntil((async () => {
  const cache = await caches.open(NAME);
  await cache.addAll(FILES.filter(name => name !== "index.html"));
  await cache.add("./");
  await self.skipWaiting();
})()));

self.addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== NAME && name.startsWith("gradwalk-")) await caches.delete(name);
  await self.clients.claim();
})()));

// A document or a worker from a server that does not isolate pages gets the headers here, so that Python can be
// interrupted from the second visit on.
async function isolated(response, request) {
  const needed = ["document", "iframe", "worker"].includes(request.destination) && !response.headers.has("Cross-Origin-Embedder-Policy");
  if (!needed) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATED)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

self.addEventListener("fetch", event => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreSearch: true });
    return isolated(kept ?? await fetch(request), request);
  })());
});
