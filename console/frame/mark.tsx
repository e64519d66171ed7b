/** Trunks over one root, and one golden leaf. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 40 40"
      fill="none"
      strokeWidth="2.6"
      strokeLinecap="round"
      aria-hidden="true"
      className="shrink-0 stroke-good"
    >
      <path d="M9 31V15M16 31V6M24 31V10M31 31V18" />
      <path d="M4 31h32M9 31c2 5 20 5 22 0" />
      <circle cx="16" cy="6" r="2.4" className="fill-gold" stroke="none" />
    </svg>
  );
}
