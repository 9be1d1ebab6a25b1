/**
 * The dynamic provider as the state holds it: a short text that loads the handlers of the installed package, found from the
 * program's folder. The engine writes the whole state at every step, and a host's entry holds this twice. It is given as it is:
 * Pulumi's serializer of closures would start the TypeScript compiler to write a longer one. The text and the names of the
 * handlers are a permanent contract: states written years ago still call them.
 */

/**
 * Where the package is missing, Node's message names it and the folder. The stack goes: the engine would show it, too. Single
 * quotes need no escapes in the state.
 */
export const SHIM =
  "exports.handler=()=>{try{return require('module').createRequire(process.cwd()+'/package.json')('pulumi-mesh/handlers')}" +
  "catch(e){e.message+=': npm install pulumi-mesh there';e.stack='';throw e}}";
