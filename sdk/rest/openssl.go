package rest

import (
	"maps"
	"slices"
)

// The options of OpenSSL that have an effect here.
const (
	opNoTicket = 1 << 14
	opNoTLS1   = 1 << 26
	opNoTLS12  = 1 << 27
	opNoTLS11  = 1 << 28
	opNoTLS13  = 1 << 29

	effective = opNoTicket | opNoTLS1 | opNoTLS11 | opNoTLS12 | opNoTLS13
)

// openSSLOptions are the options SSL_OP_* of OpenSSL's openssl/ssl.h, version 3,
// with their bits. Those that OpenSSL keeps for old programs only are zero.
func openSSLOptions() map[string]uint64 {
	return map[string]uint64{
		"NO_EXTENDED_MASTER_SECRET":              1 << 0,
		"CLEANSE_PLAINTEXT":                      1 << 1,
		"LEGACY_SERVER_CONNECT":                  1 << 2,
		"ENABLE_KTLS":                            1 << 3,
		"TLSEXT_PADDING":                         1 << 4,
		"SAFARI_ECDHE_ECDSA_BUG":                 1 << 6,
		"IGNORE_UNEXPECTED_EOF":                  1 << 7,
		"ALLOW_CLIENT_RENEGOTIATION":             1 << 8,
		"DISABLE_TLSEXT_CA_NAMES":                1 << 9,
		"ALLOW_NO_DHE_KEX":                       1 << 10,
		"DONT_INSERT_EMPTY_FRAGMENTS":            1 << 11,
		"NO_QUERY_MTU":                           1 << 12,
		"COOKIE_EXCHANGE":                        1 << 13,
		"NO_TICKET":                              opNoTicket,
		"CISCO_ANYCONNECT":                       1 << 15,
		"NO_SESSION_RESUMPTION_ON_RENEGOTIATION": 1 << 16,
		"NO_COMPRESSION":                         1 << 17,
		"ALLOW_UNSAFE_LEGACY_RENEGOTIATION":      1 << 18,
		"NO_ENCRYPT_THEN_MAC":                    1 << 19,
		"ENABLE_MIDDLEBOX_COMPAT":                1 << 20,
		"PRIORITIZE_CHACHA":                      1 << 21,
		"CIPHER_SERVER_PREFERENCE":               1 << 22,
		"TLS_ROLLBACK_BUG":                       1 << 23,
		"NO_ANTI_REPLAY":                         1 << 24,
		"NO_SSLv3":                               1 << 25,
		"NO_TLSv1":                               opNoTLS1,
		"NO_TLSv1_2":                             opNoTLS12,
		"NO_TLSv1_1":                             opNoTLS11,
		"NO_TLSv1_3":                             opNoTLS13,
		"NO_DTLSv1":                              opNoTLS1,
		"NO_DTLSv1_2":                            opNoTLS12,
		"NO_RENEGOTIATION":                       1 << 30,
		"CRYPTOPRO_TLSEXT_BUG":                   1 << 31,
		"NO_TX_CERTIFICATE_COMPRESSION":          1 << 32,
		"NO_RX_CERTIFICATE_COMPRESSION":          1 << 33,
		"ENABLE_KTLS_TX_ZEROCOPY_SENDFILE":       1 << 34,
		"PREFER_NO_DHE_KEX":                      1 << 35,
		"LEGACY_EC_POINT_FORMATS":                1 << 36,

		"ALL":          1<<31 | 1<<11 | 1<<4 | 1<<6,
		"NO_SSL_MASK":  1<<25 | opNoTLS1 | opNoTLS11 | opNoTLS12 | opNoTLS13,
		"NO_DTLS_MASK": opNoTLS1 | opNoTLS12,

		"EPHEMERAL_RSA": 0, "MICROSOFT_BIG_SSLV3_BUFFER": 0, "MICROSOFT_SESS_ID_BUG": 0, "MSIE_SSLV2_RSA_PADDING": 0,
		"NETSCAPE_CA_DN_BUG": 0, "NETSCAPE_CHALLENGE_BUG": 0, "NETSCAPE_DEMO_CIPHER_CHANGE_BUG": 0,
		"NETSCAPE_REUSE_CIPHER_CHANGE_BUG": 0, "NO_SSLv2": 0, "PKCS1_CHECK_1": 0, "PKCS1_CHECK_2": 0,
		"SINGLE_DH_USE": 0, "SINGLE_ECDH_USE": 0, "SSLEAY_080_CLIENT_DH_BUG": 0, "SSLREF2_REUSE_CERT_TYPE_BUG": 0,
		"TLS_BLOCK_PADDING_BUG": 0, "TLS_D5_BUG": 0,
	}
}

func optionNames() []string { return slices.Sorted(maps.Keys(openSSLOptions())) }
