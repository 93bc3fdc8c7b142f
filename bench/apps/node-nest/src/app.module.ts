import { Module } from "@nestjs/common";
import { BookingsController } from "./bookings.controller";
import { Database } from "./database";

@Module({ controllers: [BookingsController], providers: [Database] })
export class AppModule {}
