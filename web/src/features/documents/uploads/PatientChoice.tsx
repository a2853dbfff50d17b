/** Whose files these are: chosen among the clinic's patients, never typed as a number. */
import { lazy, Suspense, useState } from "react";
import { useText } from "../../../i18n/i18n.tsx";
import { Button, IconButton } from "../../../ui/Button.tsx";
import { Dialog } from "../../../ui/Dialog.tsx";
import { Skeleton } from "../../../ui/Progress.tsx";
import { useUploads } from "./uploads.tsx";

const PatientPicker = lazy(() =>
  import("../../patients/PatientPicker.tsx").then((module) => ({ default: module.PatientPicker }))
);

export function PatientChoice() {
  const text = useText();
  const { about, setAbout } = useUploads();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="min-w-0 grow basis-48">
      <p className="mb-1 text-sm font-medium text-ink-2">
        {text.upload.patient} ({text.common.optional})
      </p>
      <div className="flex gap-1">
        <Button icon="user" className="min-w-0 grow" onPress={() => setOpen(true)}>
          <span className="block truncate">{about.patient?.name ?? text.upload.patientChoose}</span>
        </Button>
        {about.patient && (
          <IconButton
            icon="close"
            label={text.upload.patientClear}
            onPress={() => setAbout({ patient: undefined })}
          />
        )}
      </div>
      <Dialog title={text.upload.patientFind} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p className="mb-4 text-ink-2">{text.upload.patientHint}</p>
        <Suspense fallback={<Skeleton label={text.common.loading} lines={3} />}>
          <PatientPicker
            label={text.upload.patientFind}
            onPick={({ id, name }) => {
              const whole = [name.family, name.given.join(" ")].filter(Boolean).join(", ");
              setAbout({ patient: { id, name: whole } });
              setOpen(false);
            }}
          />
        </Suspense>
      </Dialog>
    </div>
  );
}
