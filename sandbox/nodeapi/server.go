package nodeapi

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

const (
	licenseExpiration = "2099-12-31"
	licenseMaxRate    = "Unlimited"
)

// license answers to node users, who are the administrators here; an access key
// lacks the right, which a node tells with status 200 (node.md S8).
func license(x *exchange) error {
	if x.caller.IsAccessKey() {
		return x.json(http.StatusOK, map[string]string{"failure": "Forbidden: the ACL of the caller does not hold \"internal\""})
	}
	return x.json(http.StatusOK, map[string]any{
		"product": "ascli sandbox", "expiration_date": licenseExpiration, "max_rate": licenseMaxRate, "valid": true,
	})
}

// sessionInfo answers GetSessionInfo of the SOAP service of Aspera Central, by
// which clients see that it is there (node.md 15.1). The filter of the request
// for a status is honoured.
func sessionInfo(x *exchange) error {
	var asked struct {
		XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
		Body    struct {
			Request *struct {
				Statuses []string `xml:"SessionFilter>SessionStatus"`
			} `xml:"GetSessionInfoRequest"`
		} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
	}
	if err := xml.NewDecoder(io.LimitReader(x.Body, maxBody)).Decode(&asked); err != nil || asked.Body.Request == nil {
		return refuse(http.StatusBadRequest, "The request is no SOAP envelope with a GetSessionInfoRequest")
	}
	answer := soapAnswer{Soap: soapEnvelope, Types: soapTypes}
	for _, e := range x.node.Operations.Transfers.After(0) {
		if !x.visible(e.Record.Owner) {
			continue
		}
		for _, s := range e.Record.Transfer.Sessions {
			if asks(asked.Body.Request.Statuses, centralStatus[s.Status]) {
				answer.Sessions = append(answer.Sessions, soapSession{
					SessionID: s.ID, Status: centralStatus[s.Status], Direction: e.Record.Transfer.StartSpec.Direction,
					Bytes: strconv.FormatInt(s.BytesTransferred, 10), User: e.Record.Transfer.StartSpec.RemoteUser,
				})
			}
		}
	}
	text, err := xml.Marshal(answer)
	if err != nil {
		return fmt.Errorf("session information: %w", err)
	}
	text = append([]byte(xml.Header), text...)
	x.w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
	x.w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = x.w.Write(text) // a client that went away is no error of the server
	return nil
}

// asks tells whether a filter, which may be empty, lets a status pass.
func asks(statuses []string, status string) bool {
	return len(statuses) == 0 || slices.Contains(statuses, status)
}

// Name spaces of the SOAP service (node.md 15.1).
const (
	soapEnvelope = "http://schemas.xmlsoap.org/soap/envelope/"
	soapTypes    = "urn:Aspera:XML:FASPSessionNET:2009/11:Types"
)

type soapAnswer struct {
	XMLName  xml.Name      `xml:"soapenv:Envelope"`
	Soap     string        `xml:"xmlns:soapenv,attr"`
	Types    string        `xml:"xmlns:typ,attr"`
	Sessions []soapSession `xml:"soapenv:Body>typ:GetSessionInfoResponse>SessionInfoResult>SessionInfo"`
}

type soapSession struct {
	SessionID string `xml:"SessionId"`
	Status    string `xml:"Status"`
	Direction string `xml:"Direction"`
	User      string `xml:"User"`
	Bytes     string `xml:"BytesTransferred"`
}
