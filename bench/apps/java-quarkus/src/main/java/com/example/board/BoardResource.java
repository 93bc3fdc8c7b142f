package com.example.board;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/board")
public class BoardResource {
    @GET
    public String board() {
        return "nothing to do";
    }
}
