# SPDX-License-Identifier: ISC
# Fetches with Perl's Net::POP3 what is not yet in the record of unique-ids:
# net_pop3.pl HOST PORT USER PASSWORD RECORD FOLDER DELETE COUNT HOW ROOTS
#     MECHANISM
use strict;
use warnings;
use Net::POP3;

my ($host, $port, $user, $password, $record, $folder, $delete, $count,
    $how, $roots, $mechanism) = @ARGV;
my %seen;
if (open(my $in, '<', $record)) {
	chomp(my @uids = <$in>);
	@seen{@uids} = ();
}
my %tls = (SSL_ca_file => $roots, SSL_verifycn_name => 'pop.test',
    SSL_hostname => 'pop.test');
my $pop = Net::POP3->new($host, Port => $port, Timeout => 60,
    $how eq 'tls' ? (SSL => 1, %tls) : ()) or die "connect: $@\n";
if ($how eq 'stls') {
	$pop->starttls(%tls) or die "starttls: ", $pop->message, " $@\n";
}
my $ok;
if ($mechanism eq 'user') {
	$ok = defined($pop->login($user, $password));
} elsif ($mechanism eq 'apop') {
	$ok = defined($pop->apop($user, $password));
} else {
	require Authen::SASL;
	$ok = $pop->auth(Authen::SASL->new(mechanism => $mechanism, callback => {
		user => $user, pass => $password, authname => $user }), $password);
}
$ok or die "login: ", $pop->message;
my $uids = $pop->uidl or die "uidl: ", $pop->message;
open(my $out, '>>', $record) or die "$record: $!\n";
for my $n (sort { $a <=> $b } keys %$uids) {
	next if exists $seen{$uids->{$n}};
	last if $count-- <= 0;
	open(my $file, '>:raw', "$folder/$n.$$") or die "$folder: $!\n";
	$pop->get($n, $file) or die "get $n: ", $pop->message;
	close($file) or die "$folder: $!\n";
	print $out "$uids->{$n}\n";
	if ($delete) {
		$pop->delete($n) or die "delete $n: ", $pop->message;
	}
}
$pop->quit or die "quit: ", $pop->message;
