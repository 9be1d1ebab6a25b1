/** Configuration as users write it: the `network:` section, the hosts, and the tags that follow from both. */
export { hostsExample, NETWORK_EXAMPLE } from "./example";
export { FILE_NAME } from "./file";
export { checkDefaults, withDefaults } from "./defaults";
export { parseHosts, type HostEntry, type ParseHostsOptions } from "./hosts";
export { loadNetwork, type LoadNetworkOptions } from "./load";
export { parseNetwork, selectProvider, type Network, type SelectedProvider } from "./network";
export { findProject, isProject, readProjectName } from "./project";
export { sourceOf } from "./source";
export { resolveTags, unknownRoles, type TagSources } from "./tags";
