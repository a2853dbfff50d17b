/** A picture. In an <img>, so that a script inside an SVG stays a drawing. */
import { useEffect, useState } from "react";
import { ViewerFailed } from "./ViewerFailed.tsx";

type Props = { bytes: Uint8Array<ArrayBuffer>; mediaType: string; title: string };

export default function ImageViewer({ bytes, mediaType, title }: Props) {
  const [url, setUrl] = useState<string>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
    setUrl(made);
    setFailed(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, mediaType]);
  if (hasFailed) return <ViewerFailed />;
  return (
    <div className="grid min-h-80 place-items-center bg-sunken p-4">
      {url && (
        <img
          src={url}
          alt={title}
          onError={() => setFailed(true)}
          className="max-h-[78vh] max-w-full rounded-sm bg-white"
        />
      )}
    </div>
  );
}
