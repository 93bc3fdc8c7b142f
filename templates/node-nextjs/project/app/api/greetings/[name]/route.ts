import { logger } from "../../../../lib/logger";

/** An example, to be replaced. */
export async function GET(_request: Request, context: { params: Promise<{ name: string }> }): Promise<Response> {
  const { name } = await context.params;
  logger.info({ name }, "greeted");
  return Response.json({ message: `Hello, ${name}!` });
}
