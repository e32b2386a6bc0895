package nodeapi_test

import (
	"net/http"
	"testing"
	"time"
)

type deletion struct {
	Status, URL, Elapsed string
	JobID                string `json:"job_id"`
}

// version4 asks for the manner of version 4.
var version4 = []string{"Accept-Version", "4.0"}

func TestDeletionInTheBackground(t *testing.T) {
	n := newNode(t)
	n.put("d/sub/f", "x")
	d := n.children("1")["d"].ID
	var begun deletion
	n.call(asKey, "DELETE", "/files/"+d, "", version4...).is(http.StatusAccepted).into(&begun)
	if begun.Status != "waiting" || begun.URL != "/files/"+d || begun.JobID == "" {
		t.Fatalf("job = %+v", begun)
	}
	status := "/files/" + d + "?ajq_id=" + begun.JobID
	for deadline := time.Now().Add(10 * time.Second); ; {
		var now deletion
		n.call(asKey, "GET", status, "", version4...).is(http.StatusAccepted).into(&now)
		if now.Status == "complete" && now.Elapsed != "" {
			break
		}
		if (now.Status != "waiting" && now.Status != "running") || time.Now().After(deadline) {
			t.Fatalf("job = %+v", now)
		}
	}
	n.call(asKey, "GET", "/files/"+d, "").is(http.StatusNotFound).failure()
	n.call(asKey, "GET", status, "").is(http.StatusNotFound).failure() // of the file: jobs came with version 4
	n.call(asKey, "GET", "/files/1?ajq_id="+begun.JobID, "", version4...).is(http.StatusNotFound).failure()
	n.call(asKey, "GET", status+"x", "", version4...).is(http.StatusNotFound).failure()
	n.call(asKey, "GET", status+"&stop=please", "", version4...).is(http.StatusBadRequest).failure()
}

func TestRefusedDeletionsInTheBackground(t *testing.T) {
	n := newTeamNode(t)
	n.put("f", "x")
	f := n.children("1")["f"].ID
	n.call(asKey, "DELETE", "/files/4711", "", version4...).is(http.StatusNotFound).failure()
	n.call(asKey, "DELETE", "/files/1", "", version4...).is(http.StatusForbidden).failure()
	n.member("user:all", "777").call("DELETE", "/files/"+f, "", version4...).is(http.StatusForbidden).failure()
}
