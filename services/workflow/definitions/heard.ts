/** The facts of the platform that definitions may start by and listen to, and who tells them. */

const heard: Record<string, readonly string[]> = {
  content: ["document.created", "document.version_added"],
  practice: [
    "appointment.arrived",
    "appointment.booked",
    "appointment.cancelled",
    "appointment.confirmed",
    "appointment.fulfilled",
    "appointment.missed",
    "appointment.moved",
    "patient.changed",
    "patient.registered",
  ],
};

/** Types of events by the service that tells them. */
export const heardFrom: Readonly<Record<string, readonly string[]>> = heard;
export const heardEvents: readonly string[] = Object.values(heard).flat();
