/** What a page of ours may do: load from our own origin, and nothing else. */
const contentSecurityPolicy = policy("'self'");

/** The reference page's script puts one style of its own (in the drawing of its logo) into the page: this one. */
export const referencePolicy = policy("'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='");

function policy(styles: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function securityHeaders(o: { https: boolean }): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    // An answer may hold a person's data; what may be kept (assets) says so itself.
    'cache-control': 'no-store',
    ...(o.https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
