plugins {
    id("shop.java")
    application
}
