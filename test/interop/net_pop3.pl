# SPDX-License-Identifier: ISC
# Fetches with Perl's Net::POP3 what is not yet in the record of unique-ids:
# net_pop3.pl HOST PORT USER PASSWORD RECORD FOLDER DELETE COUNT
use strict;
use warnings;
use Net::POP3;

my ($host, $port, $user, $password, $record, $folder, $delete, $count) = @ARGV;
my %seen;
if (open(my $in, '<', $record)) {
	chomp(my @uids = <$in>);
	@seen{@uids} = ();
}
my $pop = Net::POP3->new($host, Port => $port, Timeout => 60)
    or die "connect: $@\n";
defined($pop->login($user, $password)) or die "login: ", $pop->message;
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
