import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { useId, useState } from 'react';

/** A place for a file: dropped there, or chosen. The field is the browser's own, so a keyboard and a phone know it. */
export function DropZone(props: {
  label: string;
  hint: string;
  accept?: string;
  onFile: (file: File) => void;
}) {
  const [isOver, setOver] = useState(false);
  const id = useId();
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file) props.onFile(file);
      }}
      className={clsx(
        'relative flex min-h-48 cursor-pointer flex-col items-center justify-center gap-1 rounded-md border border-dashed px-6 py-8 text-center transition-colors focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-info',
        isOver ? 'border-act bg-good-wash' : 'border-edge bg-raised hover:bg-sunken',
      )}
    >
      <FileUp size={28} strokeWidth={1.5} aria-hidden="true" className="mb-2 text-gold" />
      <span className="font-semibold">{props.label}</span>
      <span id={`${id}-note`} className="max-w-[52ch] text-s text-quiet">
        {props.hint}
      </span>
      <input
        id={id}
        type="file"
        accept={props.accept}
        aria-label={props.label}
        aria-describedby={`${id}-note`}
        className="absolute inset-0 cursor-pointer opacity-0"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // The same file may be chosen again, once it was mended.
          event.target.value = '';
          if (file) props.onFile(file);
        }}
      />
    </label>
  );
}
