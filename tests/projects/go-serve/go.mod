module example.com/shop

go 1.26

require (
	github.com/a-h/templ v0.3.960
	github.com/spf13/cobra v1.10.1
)
