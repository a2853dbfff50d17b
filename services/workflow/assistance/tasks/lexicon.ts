/** Common problems with their ICD-10-CM codes (public domain), and words that clinicians use. */
import type { Code } from "../input.ts";

export const ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm";

export type Entry = Code & { words: string[] };

const entry = (code: string, display: string, ...words: string[]): Entry => ({
  system: ICD_10_CM,
  code,
  display,
  words: words.map((word) => word.toLowerCase()),
});

export const lexicon: readonly Entry[] = [
  entry("I10", "Essential (primary) hypertension", "hypertension", "high blood pressure"),
  entry("E11.9", "Type 2 diabetes mellitus without complications", "type 2 diabetes", "t2dm"),
  entry("E10.9", "Type 1 diabetes mellitus without complications", "type 1 diabetes", "t1dm"),
  entry(
    "E78.5",
    "Hyperlipidemia, unspecified",
    "hyperlipidemia",
    "hyperlipidaemia",
    "high cholesterol",
  ),
  entry("I48.91", "Unspecified atrial fibrillation", "atrial fibrillation", "afib"),
  entry("I50.9", "Heart failure, unspecified", "heart failure"),
  entry(
    "I25.10",
    "Atherosclerotic heart disease of native coronary artery without angina pectoris",
    "coronary artery disease",
    "coronary heart disease",
  ),
  entry("J45.909", "Unspecified asthma, uncomplicated", "asthma"),
  entry(
    "J44.9",
    "Chronic obstructive pulmonary disease, unspecified",
    "copd",
    "chronic obstructive pulmonary disease",
  ),
  entry("J18.9", "Pneumonia, unspecified organism", "pneumonia"),
  entry("J02.9", "Acute pharyngitis, unspecified", "pharyngitis", "sore throat"),
  entry("J06.9", "Acute upper respiratory infection, unspecified", "upper respiratory infection"),
  entry("J20.9", "Acute bronchitis, unspecified", "acute bronchitis"),
  entry("J30.9", "Allergic rhinitis, unspecified", "allergic rhinitis", "hay fever"),
  entry(
    "K21.9",
    "Gastro-esophageal reflux disease without esophagitis",
    "gerd",
    "gastroesophageal reflux",
    "reflux disease",
  ),
  entry("K58.9", "Irritable bowel syndrome without diarrhea", "irritable bowel syndrome"),
  entry("K59.00", "Constipation, unspecified", "constipation"),
  entry("E03.9", "Hypothyroidism, unspecified", "hypothyroidism"),
  entry("E66.9", "Obesity, unspecified", "obesity"),
  entry("E87.5", "Hyperkalemia", "hyperkalemia", "hyperkalaemia"),
  entry("E87.6", "Hypokalemia", "hypokalemia", "hypokalaemia"),
  entry(
    "D50.9",
    "Iron deficiency anemia, unspecified",
    "iron deficiency anemia",
    "iron deficiency anaemia",
  ),
  entry("D64.9", "Anemia, unspecified", "anemia", "anaemia"),
  entry("F32.A", "Depression, unspecified", "depression"),
  entry(
    "F41.1",
    "Generalized anxiety disorder",
    "generalized anxiety disorder",
    "generalised anxiety disorder",
  ),
  entry("F41.9", "Anxiety disorder, unspecified", "anxiety"),
  entry(
    "G43.909",
    "Migraine, unspecified, not intractable, without status migrainosus",
    "migraine",
  ),
  entry(
    "G47.33",
    "Obstructive sleep apnea (adult) (pediatric)",
    "obstructive sleep apnea",
    "obstructive sleep apnoea",
  ),
  entry("G47.00", "Insomnia, unspecified", "insomnia"),
  entry("M54.50", "Low back pain, unspecified", "low back pain", "lumbago"),
  entry(
    "M17.9",
    "Osteoarthritis of knee, unspecified",
    "osteoarthritis of the knee",
    "knee osteoarthritis",
  ),
  entry("M10.9", "Gout, unspecified", "gout"),
  entry("M81.0", "Age-related osteoporosis without current pathological fracture", "osteoporosis"),
  entry("M06.9", "Rheumatoid arthritis, unspecified", "rheumatoid arthritis"),
  entry("N18.9", "Chronic kidney disease, unspecified", "chronic kidney disease", "ckd"),
  entry("N39.0", "Urinary tract infection, site not specified", "urinary tract infection", "uti"),
  entry(
    "N40.0",
    "Benign prostatic hyperplasia without lower urinary tract symptoms",
    "benign prostatic hyperplasia",
  ),
  entry("L20.9", "Atopic dermatitis, unspecified", "atopic dermatitis", "eczema"),
  entry("L40.9", "Psoriasis, unspecified", "psoriasis"),
  entry("R51.9", "Headache, unspecified", "headache"),
  entry("R07.9", "Chest pain, unspecified", "chest pain"),
  entry("R05.9", "Cough, unspecified", "cough"),
  entry("R11.0", "Nausea", "nausea"),
  entry("R42", "Dizziness and giddiness", "dizziness"),
  entry("R53.83", "Other fatigue", "fatigue"),
  entry(
    "F17.210",
    "Nicotine dependence, cigarettes, uncomplicated",
    "cigarette smoker",
    "nicotine dependence",
  ),
];

const byCode = new Map(lexicon.map((one) => [`${one.system} ${one.code}`, one]));

/** Of the clinic's own codes first. */
export const findCode = (
  system: string,
  code: string,
  terms: readonly Entry[] = [],
): Entry | undefined =>
  terms.find((one) => one.system === system && one.code === code) ??
    byCode.get(`${system} ${code}`);
