/** Jest takes a timeout for each project only by code. */
import { jest } from "@jest/globals";

declare const TEST_TIMEOUT: number; // of the project, in jest.config.cjs

jest.setTimeout(TEST_TIMEOUT);
