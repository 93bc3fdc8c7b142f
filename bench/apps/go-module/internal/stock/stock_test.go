package stock

import (
	"net/http/httptest"
	"testing"
)

func TestList(t *testing.T) {
	answer := httptest.NewRecorder()
	List(answer, nil)
	if answer.Code != 200 {
		t.Fatal(answer.Code)
	}
}
