package nodeapi

import (
	"fmt"
	"net/http"

	"github.com/ascli-go/ascli/sandbox/world"
)

// deleteLater begins a deletion in the background (OpenAPI,
// files-id-delete-202). Its status is that of showDeletion.
func deleteLater(x *exchange) error {
	j, err := x.node.World.DeleteLater(x.caller, x.PathValue("id"))
	if err != nil {
		return err
	}
	return x.json(http.StatusAccepted, struct {
		Status world.JobStatus `json:"status"`
		URL    string          `json:"url"` // of the file
		JobID  string          `json:"job_id"`
	}{j.Status, "/files/" + j.FileID, j.ID})
}

// showDeletion tells how far a deletion is, or cancels it if it did not begin
// (OpenAPI, files-id-get-202).
func showDeletion(x *exchange) error {
	query := x.URL.Query()
	stop := query.Get("stop")
	if stop != "" && stop != "cancel" && stop != "abort" {
		return refuse(http.StatusBadRequest, "stop cannot be %q; it is cancel or abort", stop)
	}
	id := query.Get("ajq_id")
	j, err := x.node.World.Job(x.caller, id, stop != "")
	if err != nil {
		return err
	}
	if j.FileID != x.PathValue("id") {
		return refuse(http.StatusNotFound, "Job %s deletes another file", id)
	}
	return x.json(http.StatusAccepted, struct {
		Status  world.JobStatus `json:"status"`
		Elapsed string          `json:"elapsed"` // seconds
	}{j.Status, fmt.Sprintf("%.3f", j.Elapsed.Seconds())})
}
