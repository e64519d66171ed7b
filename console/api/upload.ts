import { Problem } from './client.ts';

/** A form on its way; the browser reads the file piece by piece, so it may be of any size. */
export interface Upload<T> {
  done: Promise<T>;
  abort(): void;
}

/** Sends a form and tells how many of its bytes have left; `fetch` cannot tell that. */
export function upload<T>(o: {
  path: string;
  form: FormData;
  csrf: string;
  workspace: string;
  onProgress: (sent: number, total: number) => void;
}): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.open('POST', o.path);
    request.setRequestHeader('Pando-Csrf', o.csrf);
    request.setRequestHeader('Pando-Workspace', o.workspace);
    request.upload.onprogress = ({ loaded, total }) => o.onProgress(loaded, total);
    request.onload = () => {
      const body: unknown = /json/.test(request.getResponseHeader('content-type') ?? '')
        ? JSON.parse(request.responseText)
        : {};
      if (request.status < 300) resolve(body as T);
      else reject(new Problem(request.status, body as object));
    };
    request.onerror = () => reject(new Problem(0, { type: 'unreachable' }));
    request.onabort = () => reject(new DOMException('The upload was called off.', 'AbortError'));
    request.send(o.form);
  });
  return { done, abort: () => request.abort() };
}
