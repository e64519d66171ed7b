/** A count whose figures roll to where they are now, and stand still where the system asks for no motion. */
export function RollingNumber({ text }: { text: string }) {
  // Counted from the end, so that the ones stay the ones when a figure comes in front.
  const letters = [...text].map((letter, i) => ({ letter, place: text.length - i }));
  return (
    <span className="inline-block tabular-nums">
      <span className="sr-only">{text}</span>
      <span aria-hidden="true" className="inline-flex h-[1lh] overflow-hidden">
        {letters.map(({ letter, place }) => (
          <Letter key={place} letter={letter} />
        ))}
      </span>
    </span>
  );
}

const figures = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function Letter({ letter }: { letter: string }) {
  const place = figures.indexOf(letter);
  if (place < 0) return <span className="whitespace-pre">{letter}</span>;
  return (
    <span className="roll flex flex-col" style={{ transform: `translateY(-${place}lh)` }}>
      {figures.map((figure) => (
        <span key={figure} className="h-[1lh]">
          {figure}
        </span>
      ))}
    </span>
  );
}
