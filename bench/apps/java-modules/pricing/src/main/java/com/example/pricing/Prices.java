package com.example.pricing;

public final class Prices {
    private Prices() {}

    public static int of(int pieces) {
        return pieces * 3;
    }
}
