import { Controller, Get } from "@nestjs/common";
import { Database } from "./database";

@Controller()
export class BookingsController {
  constructor(private readonly database: Database) {}

  @Get("health")
  health() {
    return { status: "ok" };
  }

  @Get("bookings")
  bookings() {
    return this.database.booking.findMany();
  }
}
