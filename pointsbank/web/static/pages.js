// Reads a page of this house as a document. The browser itself parses what was sent: no script turns
// text into markup, so that the pages can forbid it (require-trusted-types-for 'script').

/** The page at an address, and whether it is still the one that was asked for. */
export function readPage(address, { method = 'GET', body = null, signal = null } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = 'document';
    request.setRequestHeader('Accept', 'text/html');
    request.addEventListener('load', () => {
      const redirected = request.responseURL !== new URL(address, location.href).href.split('#')[0];
      resolve({ ok: request.status >= 200 && request.status < 300, redirected, page: request.response });
    });
    request.addEventListener('error', () => reject(new TypeError('no answer')));
    request.addEventListener('abort', () => reject(new DOMException('not wanted any more', 'AbortError')));
    signal?.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
