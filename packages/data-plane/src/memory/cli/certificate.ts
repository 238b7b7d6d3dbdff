import { readCertificate } from '../certificate.ts';
import type { CliCommand } from './command.ts';

const show: CliCommand = {
  words: 'show ssl cert',
  run({ worker: { certificates }, args: [file] }) {
    const { transaction } = certificates;
    if (file === undefined) {
      const head = transaction ? ['# transaction', `*${transaction.file}`] : [];
      return [...head, '# filename', ...certificates.files()].join('\n');
    }
    const found = readCertificate(certificates.pem(file));
    if (!found.ok) return "Can't display the certificate: Not found or the certificate is a bundle!";
    return [`Filename: ${file}`, 'Status: Used', `SHA1 FingerPrint: ${found.sha1}`].join('\n');
  },
};

const set: CliCommand = {
  words: 'set ssl cert',
  run({ worker: { certificates }, args: [file], payload }) {
    if (file === undefined || payload === undefined)
      return "'set ssl cert expects a filename and a certificate as a payload";
    const { transaction } = certificates;
    if (transaction && transaction.file !== file) {
      return `The ongoing transaction is about '${transaction.file}' but you are trying to set '${file}'\nCan't update ${file}!`;
    }
    if (certificates.pem(file) === undefined) {
      return `Can't replace a certificate which is not referenced by the configuration!\nCan't update ${file}!`;
    }
    if (!readCertificate(payload).ok) return `Can't load the payload\nCan't update ${file}!`;
    certificates.transaction = { file, pem: payload };
    return `Transaction ${transaction ? 'updated' : 'created'} for certificate ${file}!`;
  },
};

const commit: CliCommand = {
  words: 'commit ssl cert',
  run({ worker: { certificates }, args: [file] }) {
    if (certificates.transaction?.file !== file) return `No ongoing transaction! !\nCan't commit ${file}!`;
    certificates.commit();
    return `Committing ${file}.\nSuccess!`;
  },
};

const abort: CliCommand = {
  words: 'abort ssl cert',
  run({ worker: { certificates }, args: [file] }) {
    if (certificates.transaction?.file !== file) return 'No ongoing transaction!';
    certificates.transaction = undefined;
    return `Transaction aborted for certificate '${file}'!`;
  },
};

/** `show`, `set`, `commit` and `abort ssl cert`. */
export const certificateCommands = [show, set, commit, abort];
