/** Progress lines of an upload: few, since each one is a message to the engine. */

const MB = 1024 * 1024;

/** Says `uploading tailscale_1.102.0_amd64.tgz (12 of 31 MB)` about every tenth of the way. */
export function uploadProgress(
  name: string,
  progress: (message: string) => void,
): (sent: number, total: number) => void {
  let said = -1;
  return (sent, total) => {
    const tenth = Math.floor((10 * sent) / total);
    if (tenth <= said) return;
    said = tenth;
    progress(`uploading ${name} (${Math.floor(sent / MB)} of ${Math.ceil(total / MB)} MB)`);
  };
}
