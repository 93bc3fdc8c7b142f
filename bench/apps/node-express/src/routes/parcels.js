import { Router } from "express";

const known = new Map([["1", { id: "1", weight: 2.5 }]]);

export const parcels = Router();
parcels.get("/", (_, response) => response.json([...known.values()]));
parcels.get("/:id", (request, response) => {
  const parcel = known.get(request.params.id);
  return parcel ? response.json(parcel) : response.sendStatus(404);
});
