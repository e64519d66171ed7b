import type { Part } from '#platform/http';

export interface Status {
  version: string;
  /** False while nothing was built to stand at `/`. */
  hasConsole: boolean;
  parts: readonly Part[];
  /** A short line each: what, and how much. */
  figures: readonly { name: string; value: string }[];
}

/** The page at `/status`: what runs, and where to go from here. No scripts, nothing from elsewhere. */
export function statusPage({ version, hasConsole, parts, figures }: Status): string {
  const away = parts.filter((part) => !part.up).map((part) => part.name);
  const headline = away.length === 0 ? 'Pando runs.' : `Pando waits for ${away.join(' and ')}.`;
  const sentence =
    away.length === 0
      ? hasConsole
        ? 'All its parts are up.'
        : 'All its parts are up. The console was not built; <code>npm start</code> builds it.'
      : 'It goes on by itself as soon as that is back. The log says more, and so does <code>npx pando doctor</code>.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${headline.slice(0, -1)}</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/status.css">
</head>
<body>
<main>
<header><img src="/mark.svg" alt="" width="40" height="40"><p>Pando <span>${html(version)}</span></p></header>
<h1>${html(headline)}</h1>
<p class="answer">${sentence}</p>
<section aria-labelledby="parts">
<h2 id="parts">Parts</h2>
<dl>
${parts.map(partLine).join('\n')}
</dl>
</section>
${figures.length === 0 ? '' : figuresSection(figures)}
<nav aria-labelledby="next">
<h2 id="next">From here</h2>
<ul>
${hasConsole ? '<li><a href="/">The console</a>: see who your customers are</li>\n' : ''}<li><a href="/reference">API reference</a>: every request, to read and to try</li>
<li><a href="/openapi.json">openapi.json</a>: the same for programs (OpenAPI 3.1)</li>
<li><a href="/readyz">readyz</a> and <a href="/metrics">metrics</a>: for those who watch over it</li>
</ul>
</nav>
</main>
</body>
</html>
`;
}

function partLine({ name, up, detail }: Part): string {
  return `<div><dt>${html(name)}</dt><dd class="${up ? 'up' : 'away'}">${up ? 'up' : 'away'}<small>${html(detail)}</small></dd></div>`;
}

function figuresSection(figures: Status['figures']): string {
  const lines = figures.map(({ name, value }) => `<div><dt>${html(name)}</dt><dd>${html(value)}</dd></div>`);
  return `<section aria-labelledby="figures">
<h2 id="figures">How it goes</h2>
<dl>
${lines.join('\n')}
</dl>
</section>`;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
