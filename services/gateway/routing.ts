/** Which service a path belongs to. */

export const services = ["identity", "content", "communication", "workflow", "practice"] as const;
export type ServiceName = typeof services[number];

export type Route = {
  /** A path belongs to it when it is the prefix, or continues it after a `/`. */
  prefix: string;
  service: ServiceName;
  /** The service's own doors: Authorization and cookies are its concern there, and pass untouched. */
  takesCredentials?: true;
  /** Providers sign their calls in `X-…` headers of their own. */
  takesSignatures?: true;
};

export const routes: readonly Route[] = [
  { prefix: "/auth", service: "identity", takesCredentials: true },
  { prefix: "/oauth", service: "identity", takesCredentials: true },
  { prefix: "/.well-known", service: "identity", takesCredentials: true },
  { prefix: "/api/identity", service: "identity" },
  { prefix: "/api/content", service: "content" },
  { prefix: "/dicom-web", service: "content" },
  { prefix: "/fhir/R4/DocumentReference", service: "content" },
  { prefix: "/fhir/R4/Binary", service: "content" },
  { prefix: "/fhir/R4/ImagingStudy", service: "content" },
  { prefix: "/api/practice", service: "practice" },
  { prefix: "/fhir/R4/Patient", service: "practice" },
  { prefix: "/fhir/R4/Practitioner", service: "practice" },
  { prefix: "/fhir/R4/Location", service: "practice" },
  { prefix: "/fhir/R4/Appointment", service: "practice" },
  { prefix: "/api/communication", service: "communication" },
  { prefix: "/hooks", service: "communication", takesSignatures: true },
  { prefix: "/api/workflow", service: "workflow" },
  { prefix: "/cds-services", service: "workflow", takesCredentials: true },
];

/** The route of a normal path, or undefined when no service owns it. */
export function routeOf(path: string): Route | undefined {
  return routes.find(({ prefix }) => isBelow(prefix, path));
}

/** Never shown to the outside, not even as the web page. */
export const isHidden = (path: string): boolean =>
  isBelow("/internal", path) || isBelow("/metrics", path);

function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
}
