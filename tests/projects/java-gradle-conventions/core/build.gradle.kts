plugins {
    id("shop.java")
}
