import type { Instrumentation } from "next";

/** What a page or a route throws goes to the log, with the request that it was thrown for. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { logger } = await import("./lib/logger");
    logger.error({ err: error, method: request.method, path: request.path, route: context.routePath }, "failed");
  }
};
