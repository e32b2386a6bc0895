package nodecmd

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// From these differences of clocks on, tokens and transfers get in trouble
// (spec/plugins/node.md 15.1).
const (
	offsetWarning  = 2 * time.Second
	offsetCritical = 5 * time.Second
)

// The components that are checked.
const (
	nodeAPI = "node api"
	central = "central"
)

// report holds the rows of a health command.
type report []*record.Object

func (r *report) add(status, component, message string) {
	*r = append(*r, record.New("status", status, "component", component, "message", message))
}

func health(ctx context.Context, _ *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	var r report
	if err := checkNode(ctx, c, &r); err != nil {
		r.add("critical", nodeAPI, err.Error())
	}
	if err := checkCentral(ctx, c.API()); err != nil {
		r.add("critical", central, err.Error())
	} else {
		r.add("ok", central, "accessible by node")
	}
	// What a cancelled check found is no finding.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return sdk.Rows(r), nil
}

func checkNode(ctx context.Context, c *node.Client, r *report) error {
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	r.add("ok", nodeAPI, "accessible")
	current, err := time.Parse(time.RFC3339, info.Text("current_time"))
	if err != nil {
		return failure.Otherf("Date::Error", "invalid date: current_time is %q", info.Text("current_time"))
	}
	offset := time.Since(current).Abs()
	status := "ok"
	switch {
	case offset >= offsetCritical:
		status = "critical"
	case offset >= offsetWarning:
		status = "warning"
	}
	r.add(status, nodeAPI, "offset "+strconv.FormatInt(int64(offset/time.Second), 10)+" sec")
	r.add("ok", nodeAPI, "version "+info.Text("version"))
	return nil
}

// runningSessions asks the transfer service for its running sessions.
func runningSessions() rest.Raw {
	return rest.Raw{ContentType: "text/xml;charset=UTF-8", Content: []byte(strings.Join([]string{
		`<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"`,
		` xmlns:typ="urn:Aspera:XML:FASPSessionNET:2009/11:Types"><soapenv:Header></soapenv:Header><soapenv:Body>`,
		`<typ:GetSessionInfoRequest><SessionFilter><SessionStatus>running</SessionStatus></SessionFilter></typ:GetSessionInfoRequest>`,
		`</soapenv:Body></soapenv:Envelope>`,
	}, ""))}
}

// checkCentral reaches the transfer service through the node.
func checkCentral(ctx context.Context, api *rest.Client) error {
	_, err := api.Do(ctx, rest.Request{
		Method: http.MethodPost, Path: "services/soap/Transfer-201210", Body: runningSessions(),
		Header: http.Header{"Soapaction": {"FASPSessionNET-200911#GetSessionInfo"}},
	})
	return err
}
