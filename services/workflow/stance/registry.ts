/** Every score, rule, viewer and assistant of the product: what each is meant for, and is not. */
import { problem } from "../problems.ts";
import type { Feature } from "./model.ts";

type Opinion = Feature["eu"];
type Use = Pick<Feature, "title" | "use" | "notFor"> & Partial<Omit<Feature, "feature" | "kind">>;

const CLINICIANS = "Physicians and nurses, trained in what it measures";

const deviceInEurope = (why: string, riskClass = "IIa"): Opinion => ({
  standing: "device",
  riskClass,
  why,
});
const noDevice = (why: string): Opinion => ({ standing: "not-a-device", riskClass: null, why });
const depends = (why: string): Opinion => ({ standing: "depends", riskClass: null, why });
const deviceInTheStates = (why: string): Opinion => ({ standing: "device", riskClass: null, why });

const INFORMS = deviceInEurope("It informs decisions about diagnosis or therapy of one patient.");
const URGENT = {
  eu: deviceInEurope(
    "It informs urgent decisions; a wrong one may let a patient deteriorate seriously.",
    "IIb",
  ),
  us: deviceInTheStates("A time-critical alarm leaves no time to review its basis."),
};
const ARITHMETIC = depends(
  "A published calculation, shown with its inputs, that a clinician can repeat by hand; " +
    "a score for one disease may still be taken for a specific output.",
);

const score = (name: string, entry: Use): Feature => ({
  feature: `score.${name}`,
  kind: "score",
  users: CLINICIANS,
  withheldIn: [],
  isOnByDefault: true,
  eu: INFORMS,
  us: ARITHMETIC,
  ...entry,
});

const draft = (name: string, entry: Use): Feature => ({
  feature: `assistant.${name}`,
  kind: "assistant",
  users: "Clinicians who may decide on what is drafted",
  withheldIn: [],
  isOnByDefault: true,
  eu: depends("A draft that only a person can make effective; what it is about decides."),
  us: depends("The basis is shown beside the draft; how strongly people lean on it decides."),
  ...entry,
});

const KEEPS = noDevice("It stores, finds, sends and shows; it changes no meaning.");

export const features: readonly Feature[] = [
  score("news2", {
    title: "NEWS2",
    use: "Sums seven routine observations of an adult to say how soon somebody should look.",
    notFor: "Children under 16, pregnancy, spinal cord injury; a substitute for clinical concern.",
    ...URGENT,
  }),
  score("qsofa", {
    title: "qSOFA",
    use: "Marks adults with suspected infection who are at higher risk outside intensive care.",
    notFor: "Ruling sepsis out; the only screening for it.",
    ...URGENT,
  }),
  score("curb-65", {
    title: "CURB-65",
    use: "Grades the severity of pneumonia acquired outside hospital in adults.",
    notFor: "Deciding alone who goes home; pneumonia acquired in hospital.",
  }),
  score("cha2ds2-vasc", {
    title: "CHA2DS2-VASc",
    use: "Estimates the risk of stroke in atrial fibrillation without a severe valve disease.",
    notFor: "Moderate or severe mitral stenosis, mechanical valves.",
  }),
  score("cha2ds2-va", {
    title: "CHA2DS2-VA",
    use: "The same estimate without sex, as the European guideline of 2024 uses it.",
    notFor: "Moderate or severe mitral stenosis, mechanical valves.",
  }),
  score("has-bled", {
    title: "HAS-BLED",
    use: "Points to what raises the risk of bleeding under anticoagulation and can be changed.",
    notFor: "Withholding anticoagulation by itself.",
  }),
  score("wells-pe", {
    title: "Wells score, pulmonary embolism",
    use: "Estimates how likely a pulmonary embolism is before testing.",
    notFor: "Ruling it out without a D-dimer; pregnancy.",
  }),
  score("wells-dvt", {
    title: "Wells score, deep vein thrombosis",
    use: "Estimates how likely a deep vein thrombosis of the leg is before testing.",
    notFor: "Ruling it out without a D-dimer; pregnancy; the arm.",
  }),
  score("ckd-epi-2021", {
    title: "CKD-EPI 2021",
    use: "Estimates the glomerular filtration rate of an adult from creatinine, age and sex.",
    notFor: "Children, acute kidney injury, unusual muscle mass, dosing of narrow drugs by itself.",
    us: noDevice("A calculation in routine use, of the kind that FDA does not pursue as a device."),
  }),
  score("meld-3.0", {
    title: "MELD 3.0",
    use: "Estimates how severe chronic liver disease is, from 12 years of age.",
    notFor: "Allocation of organs: the allocating body's own figure counts.",
  }),
  score("phq-9", {
    title: "PHQ-9",
    use: "Sums a questionnaire on symptoms of depression over two weeks.",
    notFor: "A diagnosis; the ninth item needs a person whatever the sum.",
  }),
  score("gad-7", {
    title: "GAD-7",
    use: "Sums a questionnaire on symptoms of anxiety over two weeks.",
    notFor: "A diagnosis.",
  }),
  score("glasgow", {
    title: "Glasgow Coma Scale",
    use: "Describes consciousness by eyes, voice and movement.",
    notFor: "Small children; patients whose eyes, voice or limbs cannot be tested.",
    ...URGENT,
  }),
  score("apgar", {
    title: "Apgar",
    use: "Describes a newborn at one, five and ten minutes.",
    notFor: "Deciding whether to begin resuscitation; a forecast of development.",
  }),
  {
    feature: "rule",
    kind: "rule",
    title: "Rules of the clinic",
    use: "Evaluates tables and conditions that the clinic has written, tested and approved itself.",
    notFor: "Alarms that nobody reads in time; decisions without a person.",
    users: "Clinicians who see its basis beside the answer",
    withheldIn: [],
    isOnByDefault: true,
    eu: depends("What the clinic writes into it decides; a clinic may become its manufacturer."),
    us: depends("The four criteria are to be met by each rule, the time to review it included."),
  },
  {
    feature: "viewer.dicom",
    kind: "viewer",
    title: "Image viewer",
    use: "Shows images to discuss and to explain, at the depth that the screen allows.",
    notFor: "Primary diagnosis; measuring; mammography.",
    users: "Clinicians and patients",
    withheldIn: [],
    isOnByDefault: true,
    eu: depends("Showing is no device; for diagnosis it would be one of class IIa."),
    us: depends("Storing and showing is none; for diagnosis it would be a medical image manager."),
  },
  {
    feature: "viewer.laboratory",
    kind: "viewer",
    title: "Laboratory results",
    use: "Shows values, ranges and flags as the laboratory has sent them.",
    notFor: "Flags or interpretations of our own.",
    users: "Clinicians and patients",
    withheldIn: [],
    isOnByDefault: true,
    eu: KEEPS,
    us: KEEPS,
  },
  {
    feature: "viewer.document",
    kind: "viewer",
    title: "Documents",
    use: "Shows letters, summaries and pictures as they were filed.",
    notFor: "Primary diagnosis on photographs.",
    users: "Clinicians and patients",
    withheldIn: [],
    isOnByDefault: true,
    eu: KEEPS,
    us: KEEPS,
  },
  {
    feature: "analytics.process",
    kind: "analytics",
    title: "Process analytics and compliance",
    use: "Shows how work went: ways, waiting, lateness, departures from a protocol.",
    notFor: "Decisions about one patient; judging one member of staff.",
    users: "Those who run the clinic",
    withheldIn: [],
    isOnByDefault: true,
    eu: noDevice("It is about the clinic's work, not about a patient's treatment."),
    us: noDevice("Administrative support of a health care facility."),
  },
  draft("pathway-proposal", {
    title: "Pathway proposal",
    use: "Drafts the steps of a pathway from a protocol's text, each with the words it comes from.",
    notFor: "Running by itself: two people have to hand it in and approve it; judging a protocol.",
    eu: noDevice("It words a protocol that is there; the pathway is judged as a rule is."),
    us: noDevice("It words a protocol that is there; the pathway is judged as a rule is."),
  }),
  draft("problem-candidates", {
    title: "Problem candidates from a note",
    use: "Offers entries for the problem list, each with the place in the note that it comes from.",
    notFor: "Diagnoses that the note does not state; coding for payment without review.",
    eu: INFORMS,
  }),
  draft("gap-explanation", {
    title: "Explanation of a gap",
    use: "Says in words which step of a protocol is open, and since when.",
    notFor: "Excusing the gap; judging whether the protocol fits the patient.",
    eu: noDevice("It words a finding that is already there."),
    us: noDevice("It words a finding that is already there."),
  }),
  draft("result-message", {
    title: "Message about a result",
    use: "Drafts what a patient is told about a result that a clinician has judged.",
    notFor: "Judging the result; sending anything.",
  }),
  draft("referral-letter", {
    title: "Referral letter",
    use: "Drafts a letter from facts that stand in the chart.",
    notFor: "Facts that do not; sending anything.",
    eu: noDevice("It words what is already there, for a clinician who knows the patient."),
    us: noDevice("It words what is already there, for a clinician who knows the patient."),
  }),
  draft("external-model", {
    title: "Models of other companies",
    use: "Lets OpenAI or Anthropic draft from facts without identifiers, instead of our own rules.",
    notFor: "Anything before the clinic has a contract that covers patients' data.",
    users: "Those who answer for the clinic's data",
    isOnByDefault: false,
    eu: depends("The model is a part of the assistant that asks it."),
    us: depends("The model is a part of the assistant that asks it."),
  }),
  draft("free-text", {
    title: "Free text to models of other companies",
    use: "Lets notes leave the clinic once identifiers are taken out of them.",
    notFor: "Notes that name other people: those are found by pattern only.",
    users: "Those who answer for the clinic's data",
    isOnByDefault: false,
    eu: depends("The model is a part of the assistant that asks it."),
    us: depends("The model is a part of the assistant that asks it."),
  }),
];

const byId = new Map(features.map((one) => [one.feature, one]));

/**
 * @param id as in `score.news2`; `rule.<key>` is a rule that a clinic has named, and `score`,
 * `viewer`, `assistant` and `analytics` stand for all of their kind.
 * @throws Problem `feature-unknown` (404).
 */
export function featureOf(id: string): Feature {
  const found = byId.get(id);
  if (found) return found;
  const [kind, name, ...more] = id.split(".");
  const rule = byId.get("rule")!;
  if (kind === "rule" && name && more.length === 0) return { ...rule, feature: id };
  const first = features.find((one) => one.kind === kind);
  if (first && name === undefined) return { ...first, feature: id, title: `Every ${kind}` };
  throw problem("feature-unknown", { detail: `Nothing is called “${id}”.` });
}
