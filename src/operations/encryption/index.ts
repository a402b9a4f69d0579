export { type EncryptionOptions, encryptRecords } from "./encrypt-records.ts";
