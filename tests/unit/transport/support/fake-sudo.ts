/** A user who is not root, and a sudo that behaves as the real one in what matters here. */
import type { Home } from "./home";

export type SudoMode = "free" | "password" | "denied" | "not-in-sudoers" | "broken" | "second-factor";

/**
 * Puts `id` and `sudo` into the home's PATH. What sudo reads as passwords, it appends to the file `passwords`; where
 * there is a file `log_input`, it appends all that it passes on, as with that setting.
 */
export function installSudo(home: Home, mode: SudoMode, password = ""): void {
  home.program("id", "echo 1000");
  home.program(
    "sudo",
    `
never= prompt=
while :; do
  case $1 in
    -n) never=1; shift ;;
    -S) shift ;;
    -p) prompt=$2; shift 2 ;;
    --) shift; break ;;
    *) break ;;
  esac
done
case ${mode} in
  free) ;;
  denied) echo "Sorry, user tester is not allowed to execute '$*' as root on host." >&2; exit 1 ;;
  broken) echo "sudo: /etc/sudoers is world writable" >&2; exit 1 ;;
  *)
    if [ -n "$never" ]; then echo "sudo: a password is required" >&2; exit 1; fi
    echo "We trust you have received the usual lecture" >&2
    for try in 1 2 3; do
      printf %s "$prompt" >&2
      IFS= read -r given || { echo "sudo: no password was provided" >&2; exit 1; }
      printf '%s\\n' "$given" >>"${home.at("passwords")}"
      if [ "$given" = '${password}' ]; then right=1; break; fi
      echo "Sorry, try again." >&2
    done
    if [ -z "$right" ]; then echo "sudo: 3 incorrect password attempts" >&2; exit 1; fi
    if [ ${mode} = second-factor ]; then
      printf 'Verification code: ' >&2
      IFS= read -r given || { echo >&2; echo "sudo: a password is required" >&2; exit 1; }
      printf '%s\\n' "$given" >>"${home.at("passwords")}"
      exit 1
    fi
    if [ ${mode} = not-in-sudoers ]; then echo "tester is not in the sudoers file." >&2; exit 1; fi ;;
esac
if [ -e "${home.at("log_input")}" ]; then tee -a "${home.at("log_input")}" | PATH=/usr/bin:/bin AS_ROOT=yes "$@"
else PATH=/usr/bin:/bin AS_ROOT=yes exec "$@"; fi`,
  );
}
