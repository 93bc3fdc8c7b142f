plugins {
    id("shop.application")
}

dependencies {
    implementation(project(":core"))
    implementation("io.javalin:javalin:6.3.0")
}

application {
    mainClass = "shop.App"
    applicationName = "shopd"
}
