module github.com/acme/shop/v2

go 1.26.1

require (
	github.com/gin-gonic/gin v1.10.0
	github.com/jackc/pgx/v5 v5.7.1 // indirect
)
